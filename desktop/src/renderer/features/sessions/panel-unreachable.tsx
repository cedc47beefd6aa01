import { Notice } from '../../components/notice.tsx';
import { strings } from './strings.ts';

export function PanelUnreachable() {
  return (
    <Notice tone="offline" title={strings.unreachableTitle}>
      {strings.unreachable}
    </Notice>
  );
}
