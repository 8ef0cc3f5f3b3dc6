-- A window without a reading of good quality has no average: 0 would be one.

ALTER TABLE aggregates ALTER COLUMN average DROP NOT NULL, ALTER COLUMN minimum DROP NOT NULL,
    ALTER COLUMN maximum DROP NOT NULL, ALTER COLUMN standard_deviation DROP NOT NULL;
UPDATE aggregates SET average = NULL, minimum = NULL, maximum = NULL, standard_deviation = NULL WHERE count = 0;
ALTER TABLE aggregates ADD CHECK ((count = 0) = (average IS NULL) AND (count = 0) = (minimum IS NULL)
    AND (count = 0) = (maximum IS NULL) AND (count = 0) = (standard_deviation IS NULL));
