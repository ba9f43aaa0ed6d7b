import { TextInput, type TextInputProps } from '@mantine/core';
import { useEffect, useState } from 'react';

interface TextSettingProps extends Omit<TextInputProps, 'defaultValue' | 'onBlur' | 'onChange'> {
  value: string;
  /** Called when one leaves a text that was changed; `back` shows again what was there. */
  onSave: (next: string, back: { onError: () => void }) => void;
}

/** A text of the setup. What is refused does not stay in the field as if it were saved. */
export function TextSetting({ value, onSave, ...props }: TextSettingProps) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  return (
    <TextInput
      {...props}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={() => {
        if (text !== value) onSave(text, { onError: () => setText(value) });
      }}
    />
  );
}
