import { type ReactNode, useEffect, useRef } from 'react';
import { namesOf, UploadTray, type useUploads } from '@/features/attachment';
import { WritingBox, type WritingBoxHandle } from '@/features/editor';

interface TextBoxProps {
  /** Names the box in the page: no two of a page are alike. */
  kind: string;
  label: string;
  hideLabel?: boolean;
  description?: string;
  required?: boolean;
  rows?: number;
  autoFocus?: boolean;
  /** Whether it is the text of a draft, which survives a reload. */
  kept?: boolean;
  /** The text to begin with, or a field that a form sets anew. */
  text: string;
  revision?: number;
  onChange: (text: string) => void;
  error?: ReactNode;
  uploads: ReturnType<typeof useUploads>;
}

/** A text of a form, with what goes along: the same box as the one of a reply. */
export function TextBox(props: TextBoxProps) {
  const { uploads, autoFocus, revision = 0, ...box } = props;
  const ref = useRef<WritingBoxHandle>(null);
  useEffect(() => {
    if (autoFocus) ref.current?.focus();
  }, [autoFocus]);
  return (
    <div>
      <WritingBox
        {...box}
        ref={ref}
        revision={revision}
        onFiles={async (files) =>
          // Pictures stand where they were dropped; other files only go along.
          namesOf((await uploads.add(files)).filter((one) => one.preview === 'image'))
        }
      />
      <UploadTray uploads={uploads} />
    </div>
  );
}
