import { NumberInput, Slider } from '@mantine/core';
import '@mantine/core/styles/NumberInput.layer.css';
import '@mantine/core/styles/Slider.layer.css';
import { useId } from 'react';
import { formatMegabytes } from '../../components/units.ts';
import classes from './size-field.module.css';

interface SizeFieldProps {
  label: string;
  description?: React.ReactNode;
  error?: React.ReactNode;
  valueMb: number;
  /** Ends of the slider; the number field takes more. */
  minMb: number;
  maxMb: number;
  /** Marked on the slider. */
  advisedMb?: number;
  advisedLabel?: string;
  isReadOnly?: boolean;
  onChange: (megabytes: number) => void;
}

/** An amount of memory or disk: a slider for the usual, a number for the exact. */
export function SizeField(props: SizeFieldProps) {
  const { label, valueMb, minMb, advisedMb, onChange } = props;
  const maxMb = Math.max(props.maxMb, minMb + 1, valueMb);
  const step = stepFor(maxMb);
  const id = useId();
  return (
    <div className={classes.field}>
      <NumberInput
        id={id}
        label={label}
        description={props.description}
        error={props.error}
        classNames={{ wrapper: classes.number }}
        inputWrapperOrder={['label', 'description', 'input', 'error']}
        value={valueMb / 1024}
        min={0}
        step={step / 1024}
        decimalScale={3}
        suffix=" GiB"
        thousandSeparator=""
        clampBehavior="none"
        disabled={props.isReadOnly}
        onChange={(gibibytes) => onChange(Math.round(Number(gibibytes) * 1024))}
      />
      <Slider
        className={classes.slider}
        size="sm"
        thumbSize={18}
        thumbLabel={label}
        thumbValueText={formatMegabytes}
        label={formatMegabytes}
        disabled={props.isReadOnly}
        min={minMb}
        max={maxMb}
        step={step}
        value={Math.min(Math.max(valueMb, minMb), maxMb)}
        marks={
          advisedMb && advisedMb <= maxMb
            ? [{ value: advisedMb, label: props.advisedLabel ?? formatMegabytes(advisedMb) }]
            : []
        }
        onChange={onChange}
      />
    </div>
  );
}

/** Fine where little is at stake, coarse where the slider spans a whole machine. */
function stepFor(maxMb: number): number {
  if (maxMb <= 4096) return 128;
  if (maxMb <= 32_768) return 256;
  return 1024;
}
