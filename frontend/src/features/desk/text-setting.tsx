import { TextInput, type TextInputProps } from '@mantine/core';
import { useRef, useState } from 'react';
import type { Saving } from './write';

interface TextSettingProps
  extends Omit<TextInputProps, 'defaultValue' | 'error' | 'onBlur' | 'onChange' | 'onKeyDown'> {
  value: string;
  /** Called when one leaves a text that was changed. */
  onSave: (next: string) => Saving;
}

/** A text of the setup. What is refused stays to be mended, with the reason; Escape takes it back. */
export function TextSetting({ value, onSave, ...props }: TextSettingProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const saving = useRef(0);
  const save = async () => {
    if (typed === null) return;
    if (typed === value) {
      // What is on its way may still be refused, and is then shown again.
      if (saving.current === 0) setTyped(null);
      return;
    }
    saving.current += 1;
    const why = await onSave(typed);
    saving.current -= 1;
    setWrong(why);
    if (!why) setTyped((now) => (now === typed ? null : now));
  };
  return (
    <TextInput
      {...props}
      value={typed ?? value}
      error={wrong}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        setWrong(null);
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || typed === null) return;
        setTyped(null);
        setWrong(null);
      }}
      onBlur={() => void save()}
    />
  );
}
