/** Says at the end of a test run which tests were skipped and why, and which passed only at their second try. */
export class TestNotes {
  onInit(vitest) {
    this.vitest = vitest;
  }

  onTestRunEnd(modules) {
    const skipped = testsOf(modules, 'skipped').flatMap((test) => {
      const { note } = test.result();
      // Nobody wonders about what they did not choose.
      if (!note && this.vitest.config.testNamePattern) return [];
      return note ? `${placeOf(test)}: ${note}` : placeOf(test);
    });
    const unsteady = testsOf(modules, 'passed')
      .filter((test) => test.diagnostic()?.flaky)
      .map((test) => `${placeOf(test)}: ${test.result().errors?.[0]?.message ?? 'no message'}`);
    printList('Skipped', skipped);
    printList('Passed only at the second try, and want mending', unsteady);
  }
}

const testsOf = (modules, state) => modules.flatMap((module) => [...module.children.allTests(state)]);

const placeOf = (test) => `${test.project.name} ${test.module.relativeModuleId} > ${test.fullName}`;

function printList(title, lines) {
  if (lines.length > 0) console.log(`\n ${title}:\n${lines.map((line) => `   ${line}\n`).join('')}`);
}
