import { useEffect, useRef, useState } from "react";
import { useSearch } from "../../../shared/router";

/** What is typed into the search, at once; the URL has it a moment later, since a browser refuses a change of it for each key. */
export function useWords(): [string, (words: string) => void] {
  const [search, setSearch] = useSearch();
  const inURL = search.get("q") ?? "";
  const [words, setWords] = useState(inURL);
  const written = useRef(inURL);
  const put = useRef(setSearch);
  put.current = setSearch;
  useEffect(() => {
    // A link or the way back has brought another search.
    if (inURL === written.current) return;
    written.current = inURL;
    setWords(inURL);
  }, [inURL]);
  useEffect(() => {
    if (words === written.current) return;
    const timer = setTimeout(() => {
      written.current = words;
      put.current({ q: words });
    }, 250);
    return () => clearTimeout(timer);
  }, [words]);
  return [words, setWords];
}
