/** Says at the end of a test run which tests were skipped, and why. */
export class SkipReasons {
  onTestRunEnd(modules) {
    const skipped = modules.flatMap((module) =>
      [...module.children.allTests('skipped')].map((test) => {
        const { note } = test.result();
        const place = `${module.project.name} ${module.relativeModuleId} > ${test.fullName}`;
        return note ? `${place}: ${note}` : place;
      }),
    );
    if (skipped.length > 0) console.log(`\n Skipped:\n${skipped.map((line) => `   ${line}\n`).join('')}`);
  }
}
