import Foundation

/// A topic: its name, its configuration and its partitions' logs, in its own folder.
final class Topic {
    let name: String
    let directory: String
    private(set) var settings: LogSettings
    var partitions: [PartitionLog] = []

    /// What the file `topic` in its folder holds.
    struct Description: Codable {
        var name: String
        var partitions: Int
        var configuration: [String: String]
    }

    init(name: String, directory: String, settings: LogSettings) {
        self.name = name
        self.directory = directory
        self.settings = settings
    }

    static func isValid(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 249 && name != "." && name != ".."
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }

    func partitionDirectory(_ index: Int) -> String { "\(directory)/\(index)" }

    func apply(_ settings: LogSettings) throws {
        try save(partitions: partitions.count, settings: settings)
        self.settings = settings
        for partition in partitions { partition.settings = settings }
    }

    func save(partitions count: Int, settings: LogSettings) throws {
        let description = Description(name: name, partitions: count, configuration: settings.overrides)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try SealedFile.write(Self.path(directory), [UInt8](encoder.encode(description)))
    }

    static func path(_ directory: String) -> String { directory + "/topic" }

    static func describe(_ directory: String) throws -> Description {
        guard let body = try SealedFile.read(path(directory)) else {
            throw Damage(file: path(directory), offset: 0, reason: "the file is missing")
        }
        return try JSONDecoder().decode(Description.self, from: Data(body))
    }
}
