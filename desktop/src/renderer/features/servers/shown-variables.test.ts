import { expect, it } from 'vitest';
import { exampleServer } from './example-server.ts';
import { exampleTemplate } from './new-server/example-template.ts';
import { editableVariables } from './new-server/new-server-form.ts';
import { shownVariables } from './shown-variables.ts';

const [slots] = exampleTemplate.variables;
if (!slots) throw new Error('The example has no variable');
const template: typeof exampleTemplate = {
  ...exampleTemplate,
  variables: [slots, { ...slots, name: 'QUERY_PORT', description: 'For the list.' }],
  ports: [
    ...exampleTemplate.ports,
    { name: 'query', label: 'Query', protocol: 'udp', preferred: 27_016, variable: 'QUERY_PORT' },
  ],
};
const [game] = exampleServer().portBindings;
if (!game) throw new Error('The example has no port');
const environment = { SLOTS: '25', QUERY_PORT: '27016' };

it('shows the number of a port, which is changed elsewhere', () => {
  const portBindings = [game, { ...game, name: 'query' }];
  expect(shownVariables(template, { environment, portBindings })).toEqual([
    slots,
    {
      ...template.variables[1],
      userEditable: false,
      description: 'The number of its port query, which is under Network. For the list.',
    },
  ]);
});

it('leaves it to be changed in a server from before there was such a port', () => {
  expect(shownVariables(template, { environment, portBindings: [game] })).toEqual(template.variables);
});

it('shows nothing that the caller may not see, and asks for no number that is chosen', () => {
  expect(shownVariables(template, { environment: {}, portBindings: [game] })).toEqual([]);
  expect(editableVariables(template).map(({ name }) => name)).toEqual(['SLOTS']);
});
