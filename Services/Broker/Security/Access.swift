/// The operations of a client, with Kafka's names.
///
/// Describing a configuration is `describe`, changing it is `alter`. A user who may read, write, delete or alter may also
/// describe.
enum Operation: String, CaseIterable, Sendable {
    case read = "Read"
    case write = "Write"
    case create = "Create"
    case describe = "Describe"
    case alter = "Alter"
    case delete = "Delete"
}

/// The objects of an operation.
enum Resource: Sendable {
    case topic(String)
    case group(String)
    case transactionalID(String)
    case cluster
}

/// An access file's content: who may log in, and who may do what.
///
/// Nothing is allowed unless a line allows it.
struct Access: Sendable {
    enum Kind: String, CaseIterable, Sendable {
        case topic
        case group
        case transactionalID = "transactional-id"
        case cluster
    }

    struct Rule: Sendable {
        var operations: Set<Operation>
        var kind: Kind
        var name: String
        /// Whether `name` is only the beginning of the names.
        var isPrefix: Bool

        func matches(_ kind: Kind, _ name: String) -> Bool {
            self.kind == kind && (isPrefix ? name.hasPrefix(self.name) : name == self.name)
        }
    }

    /// Every user who has authenticated.
    static let everyone = "*"

    var verifiers: [String: ScramVerifier] = [:]
    var superUsers: Set<String> = []
    /// By user; `everyone` is a user here as well.
    var rules: [String: [Rule]] = [:]

    func isSuper(_ user: String) -> Bool { superUsers.contains(user) }

    func allows(_ user: String, _ operation: Operation, _ resource: Resource) -> Bool {
        switch resource {
        case .topic(let name): allows(user, operation, .topic, name)
        case .group(let name): allows(user, operation, .group, name)
        case .transactionalID(let name): allows(user, operation, .transactionalID, name)
        case .cluster: allows(user, operation, .cluster, "")
        }
    }

    /// Whether the user may write to any topic. If so, an idempotent producer is allowed.
    func writesSomewhere(_ user: String) -> Bool {
        isSuper(user) || own(user) { $0.kind == .topic && $0.operations.contains(.write) }
    }

    private func allows(_ user: String, _ operation: Operation, _ kind: Kind, _ name: String) -> Bool {
        isSuper(user)
            || own(user) { rule in
                guard rule.matches(kind, name) else { return false }
                guard operation == .describe else { return rule.operations.contains(operation) }
                return rule.operations != [.create]
            }
    }

    private func own(_ user: String, _ isMet: (Rule) -> Bool) -> Bool {
        rules[user]?.contains(where: isMet) == true || rules[Self.everyone]?.contains(where: isMet) == true
    }
}
