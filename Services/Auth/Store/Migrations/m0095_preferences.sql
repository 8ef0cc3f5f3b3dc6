-- What a person has chosen for themselves; without it, their browser says it.
ALTER TABLE users
    ADD COLUMN language  text CHECK (language IN ('en', 'de', 'es', 'fr', 'pt', 'hi', 'zh', 'ar')),
    ADD COLUMN time_zone text CHECK (length(time_zone) BETWEEN 1 AND 64);
