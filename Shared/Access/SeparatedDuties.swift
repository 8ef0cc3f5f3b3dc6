public import Identifiers

/// Two steps that one person must not take for the same record: the second exists so that somebody else has looked at it.
///
/// A service asks for a rule by its name, wherever the second step is taken: over HTTP and offline.
public enum SeparatedDuties: String, CaseIterable, Sendable {
    /// Who verifies work has not done it.
    case verification
    /// Who approves something has not asked for it.
    case approval

    /// Whether the rule keeps somebody from taking the second step.
    ///
    /// - Parameter earlier: Who has taken the first one; several people may have done one piece of work.
    public func forbid(_ person: UserID, after earlier: some Sequence<UserID>) -> Bool {
        earlier.contains(person)
    }

    /// The rule in words.
    public var text: String {
        switch self {
        case .verification: "nobody verifies work that they have done themselves"
        case .approval: "nobody approves what they have asked for themselves"
        }
    }
}
