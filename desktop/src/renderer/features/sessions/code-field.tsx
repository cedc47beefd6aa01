import { TextInput } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { type CodeKind, completeCode } from './complete-code.ts';
import { strings } from './strings.ts';

interface CodeFieldProps {
  kind: CodeKind;
  value: string;
  error?: string | undefined;
  onChange: (text: string) => void;
  /** A whole code was typed or pasted; said once for each. */
  onComplete: (code: string) => void;
}

/** Takes a code of an app or a recovery code, with or without spaces and dashes. */
export function CodeField({ kind, value, error, onChange, onComplete }: CodeFieldProps) {
  const field = useRef<HTMLInputElement>(null);
  const sent = useRef<string>(undefined);
  const isTotp = kind === 'totp';
  // What was refused is there to be typed over.
  useEffect(() => {
    if (error) field.current?.select();
  }, [error]);
  return (
    <TextInput
      ref={field}
      label={isTotp ? strings.code : strings.recoveryCode}
      description={isTotp ? strings.codeHint : strings.recoveryCodeHint}
      name={isTotp ? 'code' : 'recovery-code'}
      inputMode={isTotp ? 'numeric' : 'text'}
      autoComplete={isTotp ? 'one-time-code' : 'off'}
      autoCapitalize="none"
      spellCheck={false}
      maxLength={40}
      autoFocus
      data-autofocus
      value={value}
      error={error}
      styles={{ input: { fontFamily: 'var(--font-mono)', letterSpacing: isTotp ? '0.2em' : undefined } }}
      onChange={(event) => {
        const text = event.currentTarget.value;
        onChange(text);
        const code = completeCode(kind, text);
        if (code === null || code === sent.current) return;
        sent.current = code;
        onComplete(code);
      }}
    />
  );
}
