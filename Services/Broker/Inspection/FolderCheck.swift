import Foundation

/// Everything that is wrong in a broker's folder.
struct FolderCheck {
    let folder: String
    private(set) var damages: [Damage] = []
    private(set) var partitions: [PartitionCheck] = []

    init(_ folder: String) throws {
        self.folder = folder
        let format = folder + "/format"
        if FileManager.default.contents(atPath: format) != Data(FolderLock.format.utf8) {
            let damage = Damage(
                file: format,
                offset: 0,
                reason: "it does not name this format",
                loss: "it; it is written anew"
            )
            damages.append(damage)
        }
        sealed("producer-ids", loss: "it: ids go on behind the largest one in the logs")
        sealed("cluster-id", loss: "it: the cluster gets a new id")
        for name in try Self.topics(in: folder) {
            let (found, checked) = try Self.check(topic: "\(folder)/topics/\(name)")
            damages += found
            partitions += checked
        }
    }

    private mutating func sealed(_ name: String, loss: String) {
        do {
            _ = try SealedFile.read("\(folder)/\(name)")
        } catch var damage as Damage {
            damage.loss = loss
            damages.append(damage)
        } catch {
            damages.append(Damage(file: "\(folder)/\(name)", offset: 0, reason: "\(error)", loss: loss))
        }
    }

    static func topics(in folder: String) throws -> [String] {
        let path = folder + "/topics"
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }

    static func check(topic directory: String) throws -> ([Damage], [PartitionCheck]) {
        var damages: [Damage] = []
        do {
            _ = try Topic.describe(directory)
        } catch var damage as Damage {
            damage.loss = "the topic's settings: until they are set again nothing is deleted or compacted"
            damages.append(damage)
        }
        let partitions = try partitions(in: directory).map { try PartitionCheck("\(directory)/\($0)") }
        return (damages + partitions.flatMap(\.damages), partitions)
    }

    static func partitions(in directory: String) throws -> [Int] {
        try FileManager.default.contentsOfDirectory(atPath: directory).compactMap { Int($0) }.sorted()
    }
}
