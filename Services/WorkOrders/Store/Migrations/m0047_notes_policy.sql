-- Whether it must say what was done before work is completed.
ALTER TABLE work_policies
    ADD COLUMN notes        text NOT NULL DEFAULT 'never' CHECK (notes IN ('never', 'above', 'types', 'always')),
    ADD COLUMN notes_types  text[],
    ADD COLUMN notes_amount numeric(15, 4),
    ADD CHECK ((notes = 'types') = (notes_types IS NOT NULL)),
    ADD CHECK ((notes = 'above') = (notes_amount IS NOT NULL));
