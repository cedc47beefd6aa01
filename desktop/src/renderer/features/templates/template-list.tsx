import type { Template } from '@catalyst/shared/features/templates';
import { memo, useRef } from 'react';
import { Link, useNavigate } from 'react-router';
import { GameIcon } from '../../components/game-icon.tsx';
import { useRowWindow } from '../../components/use-row-window.ts';
import { strings } from './strings.ts';
import classes from './template-list.module.css';

interface TemplateListProps {
  templates: readonly Template[];
}

const columns = ['name', 'tags', 'origin', 'variables', 'images'] as const;
/** From here on the browser skips drawing cards far off the screen. */
const drawnWholeUpTo = 60;

/** Templates as rows. Only those near the screen are drawn. */
export function TemplateTable({ templates }: TemplateListProps) {
  const body = useRef<HTMLTableSectionElement>(null);
  const { first, end, height } = useRowWindow(body, templates.length);
  return (
    <div className={classes.box}>
      <table className={classes.table} aria-rowcount={templates.length + 1}>
        <thead className={classes.head}>
          <tr aria-rowindex={1}>
            {columns.map((column) => (
              <th key={column} className={classes[column]} scope="col">
                {strings.columns[column]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody ref={body}>
          {first > 0 && <Spacer height={first * height} />}
          {templates.slice(first, end).map((template, index) => (
            <TemplateRow key={template.id} template={template} rowIndex={first + index + 2} />
          ))}
          {end < templates.length && <Spacer height={(templates.length - end) * height} />}
        </tbody>
      </table>
    </div>
  );
}

const Spacer = ({ height }: { height: number }) => (
  <tr aria-hidden>
    <td colSpan={columns.length} style={{ height, padding: 0 }} />
  </tr>
);

/** The whole row leads to the template for a mouse; its name is the link for everyone. */
const TemplateRow = memo(function TemplateRow(props: { template: Template; rowIndex: number }) {
  const { id, icon, name, summary, tags, origin, variables, images } = props.template;
  const navigate = useNavigate();
  const path = `/templates/${id}`;
  return (
    <tr
      className={classes.row}
      aria-rowindex={props.rowIndex}
      onClick={(event) => {
        if (!(event.target as HTMLElement).closest('a')) navigate(path);
      }}
    >
      <td className={classes.name}>
        <Link to={path} className={classes.link} title={`${name}\n${summary}`}>
          <GameIcon name={icon} size={20} />
          <span className={classes.title}>{name}</span>
          <span className={classes.summary}>{summary}</span>
        </Link>
      </td>
      <td className={classes.tags} title={tags.join(', ')}>
        {tags.join(', ')}
      </td>
      <td className={classes.origin}>{strings.origins[origin]}</td>
      <td className={classes.variables}>{variables.length}</td>
      <td className={classes.images}>{Object.keys(images).length}</td>
    </tr>
  );
});

/** The same where it is narrow. */
export function TemplateCards({ templates }: TemplateListProps) {
  return (
    <ul className={classes.cards} data-many={templates.length > drawnWholeUpTo || undefined}>
      {templates.map((template) => (
        <TemplateCard key={template.id} template={template} />
      ))}
    </ul>
  );
}

const TemplateCard = memo(function TemplateCard({ template }: { template: Template }) {
  const { id, icon, name, summary, tags, origin, variables, images } = template;
  return (
    <li className={classes.card}>
      <GameIcon name={icon} size={36} />
      <div className={classes.words}>
        <Link to={`/templates/${id}`} className={classes.cardLink}>
          {name}
        </Link>
        <p className={classes.cardSummary}>{summary}</p>
        <p className={classes.sub}>
          {[
            strings.origins[origin],
            strings.variables(variables.length),
            strings.images(Object.keys(images).length),
            ...(tags.length > 0 ? [tags.join(', ')] : []),
          ].join(' · ')}
        </p>
      </div>
    </li>
  );
});
