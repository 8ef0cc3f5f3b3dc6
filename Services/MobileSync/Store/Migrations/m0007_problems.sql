-- Why a change was not accepted, for pages in any language. Of changes that were decided before, only the English reason is known.
ALTER TABLE pushes ADD COLUMN problem jsonb;
