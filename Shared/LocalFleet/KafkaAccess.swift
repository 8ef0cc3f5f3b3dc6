package import EventSchema

/// What a daemon does with the log. Its identity there, which has its name, may do this and nothing else.
package struct KafkaAccess: Sendable {
    /// The topics that it consumes as a group: what it can't handle goes to their dead letters.
    package var consumes: [Topic] = []
    /// The topics that each instance reads from the beginning, besides those that every daemon reads.
    package var reads: [Topic] = []
    /// The topics that it writes, besides those that every daemon writes.
    package var writes: [Topic] = []
    /// Every daemon verifies tokens by itself, and learns what newer daemons write with.
    package static let readByAll: [Topic] = [
        .authKeys, .authPolicies, .authUsers, .authSessions, .authTenants, .authAPIKeys, .schemas,
    ]
    /// Every daemon tells what it writes with, who was refused, and how it does.
    package static let writtenByAll: [Topic] = [.schemas, .auditEvents, .fleetHealth]

    /// Something that an identity may do: `Read topic assets.events`.
    package struct Rule: Hashable, Comparable, Sendable, Encodable {
        /// As Kafka names it: `Read`, `Write` or `Create`.
        package var operation: String
        /// `topic`, `group` or `transactional-id`.
        package var kind: String
        /// If it ends in `*`, every name that begins with it.
        package var name: String

        package static func < (one: Rule, other: Rule) -> Bool {
            (one.kind, one.name, one.operation) < (other.kind, other.name, other.operation)
        }
    }
}

extension DaemonSpec {
    /// What its identity at the log may do, each once. Whoever needs a topic may create it: the first one does.
    package var kafkaRules: [KafkaAccess.Rule] {
        // What a consumer refused it can handle once more, and reads it again for that.
        let read = Set(
            kafka.consumes + kafka.consumes.map(\.deadLetters) + kafka.reads + KafkaAccess.readByAll
        )
        let written = Set(kafka.writes + KafkaAccess.writtenByAll + kafka.consumes.map(\.deadLetters))
        var rules: Set<KafkaAccess.Rule> = []
        for topic in read { rules.insert(.init(operation: "Read", kind: "topic", name: topic.name)) }
        for topic in written { rules.insert(.init(operation: "Write", kind: "topic", name: topic.name)) }
        for topic in read.union(written) { rules.insert(.init(operation: "Create", kind: "topic", name: topic.name)) }
        if !kafka.consumes.isEmpty { rules.insert(.init(operation: "Read", kind: "group", name: name)) }
        // Whoever has a database writes in transactions, whose ids begin with the daemon's name.
        if database != nil {
            rules.insert(.init(operation: "Write", kind: "transactional-id", name: "\(name)*"))
        }
        return rules.sorted()
    }

    /// The rules as lines of the embedded log's access file.
    package var accessLines: [String] { kafkaRules.map { "allow \(name) \($0.operation) \($0.kind) \($0.name)" } }
}
