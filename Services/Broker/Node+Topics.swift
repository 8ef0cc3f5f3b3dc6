import Foundation
import Logging
import NIOCore
import NIOPosix

extension Node {
    func log(_ topic: String, _ partition: Int32) -> PartitionLog? {
        guard let partitions = topics[topic]?.partitions, partitions.indices.contains(Int(partition)) else {
            return nil
        }
        return partitions[Int(partition)]
    }

    func log(_ partition: TopicPartition) -> PartitionLog? {
        log(partition.topic, partition.partition)
    }

    /// Creates a topic; it exists once its description is in its folder.
    @discardableResult
    func createTopic(_ name: String, partitions: Int, settings: LogSettings? = nil) throws -> Topic {
        guard !deleting.contains(name) else { throw ErrorCode.topicAlreadyExists }
        let topic = Topic(
            name: name,
            directory: "\(self.settings.data)/topics/\(name)",
            settings: try settings ?? LogSettings([:], over: self.settings.topics)
        )
        try admitPartitions(partitions, of: topic)
        do {
            try FileManager.default.createDirectory(atPath: topic.directory, withIntermediateDirectories: true)
            // The description first: a start treats partitions without one as damage.
            try topic.save(partitions: partitions, settings: topic.settings)
            topic.partitions = try (0..<partitions).map { try openPartition(topic, $0) }
            try Folder.sync(topic.directory)
            try Folder.sync(self.settings.data + "/topics")
        } catch {
            // A topic that was refused must not exist after the next start.
            try? FileManager.default.removeItem(atPath: topic.directory)
            throw error
        }
        topics[name] = topic
        logger.info("topic created", metadata: ["topic": "\(name)", "partitions": "\(partitions)"])
        return topic
    }

    private func admitPartitions(_ count: Int, of topic: Topic) throws {
        let others = topics.values.reduce(0) { $0 + ($1 === topic ? 0 : $1.partitions.count) }
        guard others + count <= settings.limits.partitions else { throw ErrorCode.policyViolation }
    }

    func addPartitions(_ topic: Topic, upTo count: Int) throws {
        try admitPartitions(count, of: topic)
        // Only the partitions that the description counts exist; one that is left over from a full disk is empty.
        let added = try (topic.partitions.count..<count).map { try openPartition(topic, $0) }
        try topic.save(partitions: count, settings: topic.settings)
        topic.partitions += added
    }

    /// Removes a topic at once; its files are deleted in the background.
    func deleteTopic(_ name: String) async throws {
        guard let topic = topics.removeValue(forKey: name) else { throw ErrorCode.unknownTopicOrPartition }
        deleting.insert(name)
        defer { deleting.remove(name) }
        // Disk work that is running names its files by path: it must not touch a new topic of that name.
        try await maintenance.runIfActive(eventLoop: eventLoop) {}.get()
        let grave = "\(settings.data)/deleted/\(UUID().uuidString)"
        do {
            try FileManager.default.moveItem(atPath: topic.directory, toPath: grave)
        } catch {
            topics[name] = topic
            throw error
        }
        refusing = refusing.filter { $0.topic != name }
        for index in topic.partitions.indices { announce(TopicPartition(topic: name, partition: Int32(index))) }
        forgetOffsets(of: name)
        maintenance.submit { _ in try? FileManager.default.removeItem(atPath: grave) }
        logger.info("topic deleted", metadata: ["topic": "\(name)"])
    }

    func emptyTrash() throws {
        let trash = settings.data + "/deleted"
        for grave in try FileManager.default.contentsOfDirectory(atPath: trash) {
            try FileManager.default.removeItem(atPath: "\(trash)/\(grave)")
        }
    }

    /// Opens one topic's folder at start. A folder without a description and partitions is a creation that was never
    /// answered.
    func openTopic(directory: String) throws {
        if try !FileManager.default.fileExists(atPath: Topic.path(directory))
            && FolderCheck.partitions(in: directory).isEmpty
        {
            try FileManager.default.removeItem(atPath: directory)
            return
        }
        let description = try Topic.describe(directory)
        let topic = Topic(
            name: description.name,
            directory: directory,
            settings: try LogSettings(description.configuration, over: settings.topics)
        )
        for index in 0..<description.partitions { topic.partitions.append(try openPartition(topic, index)) }
        topics[topic.name] = topic
    }

    private func openPartition(_ topic: Topic, _ index: Int) throws -> PartitionLog {
        let directory = topic.partitionDirectory(index)
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let recovered = try Recovery(directory: directory)
        if recovered.bytesCut > 0 {
            logger.warning(
                "incomplete batches cut off",
                metadata: [
                    "topic": "\(topic.name)", "partition": "\(index)", "bytes": "\(recovered.bytesCut)",
                    "end": "\(recovered.segments.last?.nextOffset ?? 0)",
                ]
            )
        }
        let maintenance = maintenance
        return PartitionLog(directory: directory, settings: topic.settings, recovered: recovered) { work in
            maintenance.submit { _ in work() }
        }
    }
}
