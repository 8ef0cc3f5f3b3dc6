import { useRef, type ReactNode } from "react";
import { accepted } from "./attachment";

interface AddFilesProps {
  add: (files: FileList) => void;
  /** Which files are offered; all that can be attached unless said. */
  accept?: string;
  isOne?: boolean;
  /** A phone opens its camera at once. */
  takes?: boolean;
  /** What opens the browser's own dialog. */
  children: (choose: () => void) => ReactNode;
}

/** Files from the browser's own dialog, which on phones offers the camera too. */
export function AddFiles({ add, accept = accepted, isOne = false, takes = false, children }: AddFilesProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input} type="file" multiple={!isOne} hidden accept={accept} {...(takes ? { capture: "environment" as const } : {})} tabIndex={-1}
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
