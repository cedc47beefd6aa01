import { formatCount } from '../../../components/units.ts';

export const searchStrings = {
  title: (folder: string) => `Search in ${folder} and below`,
  kinds: { name: 'Names', text: 'Text in files' },
  kind: 'What to search',
  sought: 'Search for',
  nameHint: 'A part of the name, or a pattern with * and ?',
  textHint: 'As it stands in a line, in capitals or not',
  empty: 'Say what to search for',
  button: 'Search',
  failed: 'It could not be searched',
  searching: 'Searching',
  found: (count: number) => (count === 1 ? '1 found' : `${formatCount(count)} found`),
  nothing: 'Nothing was found',
  ended: {
    end: '',
    matches:
      'There may be more: these are the first. Search for something longer, or in a folder further down.',
    time: 'There may be more: the time was up. Search in a folder further down.',
  },
  line: (line: number) => `Line ${formatCount(line)}`,
};
