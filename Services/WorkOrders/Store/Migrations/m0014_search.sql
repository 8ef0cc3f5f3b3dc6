-- The words of work orders, for the search. In a table of its own: a GIN index that had to follow every change of a work order's state would cost
-- more than the change.

-- A text as words without case and accents, in any language and whatever the database's locale is.
CREATE FUNCTION words_of(said text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT array_remove(
        regexp_split_to_array(
            regexp_replace(lower(normalize(said, NFKD) COLLATE "und-x-icu"), '[\u0300-\u036f]', '', 'g'),
            '[[:space:][:punct:][:cntrl:]$+<=>^`|~]+'
        ),
        ''
    )
$$;

-- The words, and the ends of each from its second letter on: the beginning of an end is a part of the word.
CREATE FUNCTION parts_of(said text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT COALESCE(array_agg(DISTINCT substr(word, place)), '{}')
    FROM unnest(words_of(said)) AS word CROSS JOIN generate_series(1, GREATEST(length(word) - 1, 1)) AS place
$$;

CREATE FUNCTION search_words(tenant uuid, number text, title text, description text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_to_tsvector(array_agg(DISTINCT left(word, 200))) FROM unnest(
        -- The tenant is a word too: the index gives nobody's work orders but its own.
        ARRAY['=' || tenant] || words_of(number) || ltrim(substring(number FROM '[0-9]+$'), '0') || parts_of(title)
            || words_of(description)
    ) AS word WHERE word <> ''
$$;

CREATE TABLE work_order_words (
    work_order_id uuid PRIMARY KEY REFERENCES work_orders (id) ON DELETE CASCADE,
    tenant_id     uuid NOT NULL,
    words         tsvector NOT NULL
);
SELECT fence('work_order_words');
INSERT INTO work_order_words
    SELECT id, tenant_id, search_words(tenant_id, number, title, description) FROM work_orders;
CREATE INDEX work_order_words_by_word ON work_order_words USING gin (words);

-- Behind a row policy, PostgreSQL uses an index only for operators that it knows to tell nothing of other rows, and @@ is none of them. So
-- the search runs with its owner's rights, and holds itself to the tenant of the transaction.
CREATE FUNCTION work_orders_with(said text) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT work_order_id FROM work_order_words
    WHERE tenant_id = current_tenant() AND cardinality(words_of(said)) > 0 AND words @@ (
        SELECT string_agg(format('%L%s', word, suffix), ' & ')::tsquery FROM (
            SELECT '=' || current_tenant() AS word, '' AS suffix
            UNION ALL SELECT left(word, 200), ':*' FROM unnest(words_of(said)) AS word
        ) wanted
    )
$$;
