extension SQL {
    /// Whether a column has one of some values.
    ///
    /// - Parameter column: A name or an expression.
    public static func isOne<Value: PostgresValue>(of values: [Value], _ column: SQL) -> SQL {
        // With `= ANY`, an index no longer gives the rows in its further columns' order.
        values.count == 1 ? "\(sql: column) = \(values[0])" : "\(sql: column) = ANY(\(PostgresArray(values)))"
    }

    /// The first rows of a table in an order, where a column has one of some values. Each value's rows are read in their order from an index
    /// that begins with the column; with `= ANY`, PostgreSQL would read the rows of all values until it has found enough.
    ///
    /// - Parameters:
    ///   - limit: How many rows.
    ///   - table: Its name.
    ///   - condition: What else is true of the rows.
    ///   - values: `nil`: any value.
    ///   - column: A name.
    ///   - order: Columns, as after `ORDER BY`.
    public static func first<Value: PostgresValue & Hashable>(
        _ limit: Int,
        of table: SQL,
        where condition: SQL,
        andOneOf values: [Value]?,
        _ column: SQL,
        by order: SQL
    ) -> SQL {
        let values = values.map { Array(Set($0)) }
        guard let values, values.count > 1 else {
            let all = SQL.all([condition, values.map { .isOne(of: $0, column) }])
            return "SELECT * FROM \(sql: table) WHERE \(sql: all) ORDER BY \(sql: order) LIMIT \(limit)"
        }
        return
            """
            SELECT found.* FROM unnest(\(PostgresArray(values))) AS wanted (one) CROSS JOIN LATERAL (
                SELECT * FROM \(sql: table) WHERE (\(sql: condition)) AND \(sql: column) = wanted.one
                ORDER BY \(sql: order) LIMIT \(limit)
            ) found ORDER BY \(sql: order) LIMIT \(limit)
            """
    }

    /// Whether a text has every word of a search in it, in any order, in upper or lower case, also as a part of a longer word. What somebody
    /// types is looked for as it is: no letter is a wildcard.
    ///
    /// - Parameters:
    ///   - search: Words with spaces between them.
    ///   - text: A column or an expression.
    public static func contains(wordsOf search: String, _ text: SQL) -> SQL {
        .all(search.split(separator: " ").map { "position(lower(\(String($0))) IN lower(\(sql: text))) > 0" })
    }
}
