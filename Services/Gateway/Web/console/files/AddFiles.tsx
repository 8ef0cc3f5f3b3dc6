import { useRef, type ReactNode } from "react";
import { accepted } from "./attachment";

interface AddFilesProps {
  add: (files: FileList) => void;
  /** What opens the browser's own dialog. */
  children: (choose: () => void) => ReactNode;
}

/** Files from the browser's own dialog, which on phones offers the camera too. */
export function AddFiles({ add, children }: AddFilesProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input} type="file" multiple hidden accept={accepted} tabIndex={-1}
        onChange={({ target }) => {
          if (target.files) add(target.files);
          // The same file can be chosen again.
          target.value = "";
        }}
      />
      {children(() => input.current?.click())}
    </>
  );
}
