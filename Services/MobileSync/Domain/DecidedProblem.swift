import Commands

/// Why a change was not accepted, as the API of the record's owner would have answered: for texts in any language.
struct DecidedProblem: Codable, Hashable, Sendable {
    /// A stable name, for example `stale_version`.
    var code: String
    /// The values that its text needs in any language.
    var parameters: [String: String]?
    var errors: [FieldError]?
    /// The permission that was missing or too narrow.
    var permission: String?
    /// The condition of a grant that the change does not meet.
    var condition: String?
}
