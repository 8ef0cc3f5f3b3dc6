internal import CLibpq

/// What went wrong with a statement or a connection.
///
/// `description` is safe to show to anybody; `String(reflecting:)` adds what PostgreSQL said, which may quote values.
public struct PostgresError: Error, Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    /// What kind of failure it is, by the class of its SQLSTATE (PostgreSQL manual, appendix A).
    public enum Kind: Hashable, Sendable {
        /// No connection, or it broke: the server is away, restarts, ended our backend, is silent or became read-only. When
        /// it breaks during COMMIT, it is unknown whether the transaction is stored.
        case connection
        /// No connection of the pool became free in time.
        case poolExhausted
        /// A UNIQUE constraint or index, named.
        case uniqueViolation(constraint: String)
        /// A foreign key, named.
        case foreignKeyViolation(constraint: String)
        /// A CHECK constraint, named.
        case checkViolation(constraint: String)
        /// A NULL in a NOT NULL column, named.
        case notNullViolation(column: String)
        /// A row of another tenant: the table's row policy refuses it (see ``RowAccess``).
        case rowPolicyViolation
        /// A value that the column's type can't hold.
        case invalidValue
        /// A value that can't be stored, with the reason: nothing was sent.
        case refusedValue(String)
        /// A conflict with another transaction, or a changed table; trying again may succeed.
        case serialization
        /// The statement ran into its time-out, or somebody cancelled it on the server. When the *task* is cancelled,
        /// `CancellationError` is thrown instead.
        case cancelled
        /// A statement of the transaction had failed before, and nothing is stored: COMMIT was answered with ROLLBACK, or
        /// another statement was tried.
        case rolledBack
        /// A column is missing in the result, NULL where a value is needed, or of another type.
        case column(String)
        /// A migration that was applied differs from the file of that name or is not known to this program, or one failed.
        case migration(String)
        /// Anything else.
        case other
    }

    public let kind: Kind
    /// The five-character SQLSTATE, when the server gave one.
    public let sqlState: String?
    let message: String

    init(_ kind: Kind, sqlState: String? = nil, message: String) {
        self.kind = kind
        self.sqlState = sqlState
        self.message = message
    }

    /// Whether the same work may succeed later without any change: the store was away or busy.
    public var isTransient: Bool {
        switch kind {
        case .connection, .poolExhausted, .serialization, .cancelled: true
        case .uniqueViolation, .foreignKeyViolation, .checkViolation, .notNullViolation, .rowPolicyViolation,
            .invalidValue, .refusedValue,
            .rolledBack, .column, .migration:
            false
        case .other:
            // 53: insufficient resources, 57: operator intervention, 58: system error.
            sqlState.map { $0.hasPrefix("53") || $0.hasPrefix("57") || $0.hasPrefix("58") } ?? false
        }
    }

    /// Whether it is a violation of the unique constraint or index of that name.
    public func isUniqueViolation(of constraint: String) -> Bool {
        kind == .uniqueViolation(constraint: constraint)
    }

    public var description: String {
        switch kind {
        case .connection: "the database is not reachable"
        case .poolExhausted: "no database connection became free in time"
        case .uniqueViolation(let name): "unique constraint \(name) is violated"
        case .foreignKeyViolation(let name): "foreign key \(name) is violated"
        case .checkViolation(let name): "check constraint \(name) is violated"
        case .notNullViolation(let column): "column \(column) must not be null"
        case .rowPolicyViolation: "a row policy refuses a row of another tenant"
        case .invalidValue: "a value does not fit its column"
        case .refusedValue(let reason): reason
        case .serialization: "a concurrent transaction got in the way"
        case .cancelled: "the statement was cancelled"
        case .rolledBack: "the transaction was rolled back"
        case .column(let problem): problem
        case .migration(let problem): problem
        case .other: "the database refused the statement"
        }
    }

    public var debugDescription: String {
        "\(description) [\(sqlState ?? "-")] \(message)"
    }
}

extension PostgresError {
    /// Why libpq refused to begin something: the connection is lost, or what it was given is wrong.
    static func refused(by handle: OpaquePointer) -> PostgresError {
        PostgresError(
            PQstatus(handle) == CONNECTION_OK ? .other : .connection,
            message: String(cString: PQerrorMessage(handle))
        )
    }

    /// The error of a failed result.
    static func result(_ result: OpaquePointer, of handle: OpaquePointer) -> PostgresError {
        func field(_ code: Character) -> String? {
            PQresultErrorField(result, Int32(code.asciiValue ?? 0)).map { String(cString: $0) }
        }
        // Without a state the error is libpq's own.
        guard let state = field("C") else { return .refused(by: handle) }
        let kind = Kind(
            state,
            constraint: field("n") ?? "",
            column: field("c") ?? "",
            // The message for it is translated, the place in the server's source is not.
            isStalePlan: field("R") == "RevalidateCachedQuery",
            isRowPolicy: field("R") == "ExecWithCheckOptions"
        )
        let message = [field("M"), field("D")].compactMap(\.self).joined(separator: "; ")
        return PostgresError(kind, sqlState: state, message: message)
    }

    /// A prepared statement's plan no longer fits its tables, or is gone.
    var isStalePlan: Bool {
        kind == .serialization && (sqlState == "0A000" || sqlState == "26000")
    }

    /// Two transactions waited for each other, and this one was ended.
    var isDeadlock: Bool { sqlState == "40P01" }
}

extension PostgresError.Kind {
    fileprivate init(_ state: String, constraint: String, column: String, isStalePlan: Bool, isRowPolicy: Bool) {
        self =
            switch state {
            case "23505": .uniqueViolation(constraint: constraint)
            // 23001 is ON DELETE RESTRICT, a code of its own since PostgreSQL 18.
            case "23503", "23001": .foreignKeyViolation(constraint: constraint)
            case "23514": .checkViolation(constraint: constraint)
            case "42501" where isRowPolicy: .rowPolicyViolation
            case "23502": .notNullViolation(column: column)
            // Could not serialize, deadlock, lock not available.
            case "40001", "40P01", "55P03": .serialization
            case "0A000" where isStalePlan: .serialization
            case "26000": .serialization
            case "57014": .cancelled
            // In a transaction that has failed before.
            case "25P02": .rolledBack
            // Read-only: after a failover this server is no longer the one to write to.
            case "25006": .connection
            case "25P03", "57P01", "57P02", "57P03", "57P05": .connection
            case _ where state.hasPrefix("08"): .connection
            case _ where state.hasPrefix("22"): .invalidValue
            default: .other
            }
    }
}
