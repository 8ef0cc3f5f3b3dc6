import Commands

/// What an organization notes about a person, in its own words. It has no effect.
struct Metadata: Codable, Hashable, Sendable {
    struct Entry: Input, Codable, Hashable {
        var name: String
        var value: String

        static let rules: Rules = [
            "name": .line(1...64).example("company"), "value": .line(1...500).example("Windward Service GmbH"),
        ]
    }

    var entries: [Entry]

    init(_ entries: [Entry] = []) {
        self.entries = entries
    }

    init(from decoder: any Decoder) throws {
        entries = try decoder.singleValueContainer().decode([Entry].self)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(entries)
    }
}

extension Rule {
    static let metadata = Rule.items(0...30).means("What else the organization notes about the person; each name once")
}

extension FieldErrors {
    mutating func check(_ metadata: [Metadata.Entry]?) {
        let names = (metadata ?? []).map(\.name)
        require(Set(names).count == names.count, "metadata", .duplicate("must not have a name twice"))
    }
}
