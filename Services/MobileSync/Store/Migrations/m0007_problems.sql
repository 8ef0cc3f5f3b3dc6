-- Why a change was not accepted, for pages in any language: JSON. Of changes that were decided before, only the English reason is known.
-- It is text, since jsonb takes no zero character, which the name of a field that a device made up may have.
ALTER TABLE pushes ADD COLUMN problem text;
