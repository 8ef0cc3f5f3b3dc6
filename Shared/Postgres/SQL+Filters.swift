extension SQL {
    /// Whether a column has one of some values.
    ///
    /// - Parameter column: A name or an expression.
    public static func isOne<Value: PostgresValue>(of values: [Value], _ column: SQL) -> SQL {
        // With `= ANY`, an index no longer gives the rows in its further columns' order.
        values.count == 1 ? "\(sql: column) = \(values[0])" : "\(sql: column) = ANY(\(PostgresArray(values)))"
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
