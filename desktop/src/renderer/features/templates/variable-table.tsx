import type { TemplateVariable } from '@catalyst/shared/features/templates';
import { accessInWords, ruleInWords } from './rule-words.ts';
import { strings } from './strings.ts';
import classes from './variable-table.module.css';

const columns = ['variable', 'value', 'rule', 'people'] as const;

/** Variables with what they may be, and who may see and change them. */
export function VariableTable({ variables }: { variables: readonly TemplateVariable[] }) {
  return (
    <div className={classes.box}>
      <table className={classes.table}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} className={classes[column]} scope="col">
                {strings.variableColumns[column]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {variables.map((variable) => (
            <tr key={variable.name}>
              <td className={classes.variable}>
                <span className={classes.label}>{variable.label}</span>
                <code className={classes.name}>{variable.name}</code>
                {variable.description && <p className={classes.description}>{variable.description}</p>}
              </td>
              <td className={classes.value} data-label={strings.variableColumns.value}>
                {variable.defaultValue === '' ? (
                  <span className={classes.quiet}>{strings.noDefault}</span>
                ) : (
                  <code>{variable.defaultValue}</code>
                )}
              </td>
              <td className={classes.rule} data-label={strings.variableColumns.rule}>
                {ruleInWords(variable.rule)}
                {variable.secret && <span className={classes.tag}>{strings.secret}</span>}
              </td>
              <td className={classes.people} data-label={strings.variableColumns.people}>
                {accessInWords(variable)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
