/** Text as it was written: line breaks kept, nothing interpreted. */
export function PlainText({ text }: { text: string }) {
  return (
    <div dir="auto" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
      {text}
    </div>
  );
}
