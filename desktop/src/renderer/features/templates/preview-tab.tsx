import list from '../people/people-list.module.css';
import { TemplatePreview } from './editor/template-preview.tsx';
import { contentOf } from './template-content.ts';
import { useShownTemplate } from './template-page.tsx';

/** What a server made of the template would be started by, also of one that cannot be edited. */
export function PreviewTab() {
  const template = useShownTemplate();
  return (
    <div className={list.page}>
      <TemplatePreview content={contentOf(template)} />
    </div>
  );
}
