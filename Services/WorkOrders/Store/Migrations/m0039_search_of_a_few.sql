-- A search for words that many work orders have: it looks at the first work orders of the list, before it asks the index for all that have them.

CREATE FUNCTION wanted_words(said text) RETURNS tsquery LANGUAGE sql STABLE AS $$
    SELECT string_agg(format('%L%s', word, suffix), ' & ')::tsquery FROM (
        -- The tenant is a word too.
        SELECT '=' || current_tenant() AS word, '' AS suffix
        UNION ALL SELECT left(word, 200), ':*' FROM unnest(words_of(said)) AS word
    ) wanted
$$;

CREATE OR REPLACE FUNCTION work_orders_with(said text) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT work_order_id FROM work_order_words
    WHERE tenant_id = current_tenant() AND cardinality(words_of(said)) > 0 AND words @@ (SELECT wanted_words(said))
$$;

-- Those of these work orders that have the words. No index is asked for the words.
CREATE FUNCTION work_orders_with(said text, among uuid[]) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT work_order_id FROM work_order_words
    WHERE work_order_id = ANY (among) AND tenant_id = current_tenant()
        AND cardinality(words_of(said)) > 0 AND words @@ (SELECT wanted_words(said))
$$;
