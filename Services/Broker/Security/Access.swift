/// What a client may do, as Kafka names it.
///
/// Describing a configuration is `describe`, changing it `alter`. Whoever may read, write, delete or alter may describe.
enum Operation: String, CaseIterable, Sendable {
    case read = "Read"
    case write = "Write"
    case create = "Create"
    case describe = "Describe"
    case alter = "Alter"
    case delete = "Delete"
}

/// What it may do it to.
enum Resource: Sendable {
    case topic(String)
    case group(String)
    case transactionalID(String)
    case cluster
}

/// Who may log in, and who may do what: an access file's content.
///
/// Nothing is allowed that no line allows.
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
        /// Whether `name` is how the names begin.
        var isPrefix: Bool

        func matches(_ kind: Kind, _ name: String) -> Bool {
            self.kind == kind && (isPrefix ? name.hasPrefix(self.name) : name == self.name)
        }
    }

    /// Everybody who has authenticated.
    static let everyone = "*"

    var verifiers: [String: ScramVerifier] = [:]
    var superUsers: Set<String> = []
    /// By user; those of `everyone` are among them.
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

    /// Whether there is any topic that the user may write: who may, may be an idempotent producer.
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
