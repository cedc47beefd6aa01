/** Says at the end of a test run which tests were skipped, and why. */
export class SkipReasons {
  onInit(vitest) {
    this.vitest = vitest;
  }

  onTestRunEnd(modules) {
    const skipped = modules.flatMap((module) =>
      [...module.children.allTests('skipped')].flatMap((test) => {
        const { note } = test.result();
        // Nobody wonders about what they did not choose.
        if (!note && this.vitest.config.testNamePattern) return [];
        const place = `${module.project.name} ${module.relativeModuleId} > ${test.fullName}`;
        return note ? `${place}: ${note}` : place;
      }),
    );
    if (skipped.length > 0) console.log(`\n Skipped:\n${skipped.map((line) => `   ${line}\n`).join('')}`);
  }
}
