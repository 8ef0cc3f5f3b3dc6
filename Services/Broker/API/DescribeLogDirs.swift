import Foundation

extension Node {
    func describeLogDirs(_ request: Request, _ response: inout WireWriter) throws {
        let version = request.version
        let asked = try request.read { body in try body.nullableTopics { try $0.read(Int32.self) } }
        // No topics named: all of them. What does not exist is left out.
        let all = topics.values.sorted { $0.name < $1.name }.map { topic in
            ByTopic(name: topic.name, partitions: topic.partitions.indices.map(Int32.init))
        }
        let found = (asked ?? all).map { topic in
            ByTopic(
                name: topic.name,
                partitions: topic.partitions.compactMap { index in log(topic.name, index).map { (index, $0) } }
            )
        }
        let isAllowed = allows(request, .describe, .cluster)
        response.write(Int32(0))  // throttle
        if version >= 3 { response.write(isAllowed ? ErrorCode.none : .clusterAuthorizationFailed) }
        response.array(isAllowed ? [settings.data] : []) { response, directory in
            response.write(ErrorCode.none)
            response.write(directory)
            response.topics(found.filter { !$0.partitions.isEmpty }) { response, _, partition in
                response.write(partition.0)
                response.write(Int64(partition.1.size))
                response.write(Int64(0))  // there is no replica to lag behind
                response.write(false)  // and none is being moved here
            }
            if version >= 4 {
                var disk = statvfs()
                let isKnown = statvfs(directory, &disk) == 0
                response.write(isKnown ? Int64(disk.f_blocks) * Int64(disk.f_frsize) : -1)
                response.write(isKnown ? Int64(disk.f_bavail) * Int64(disk.f_frsize) : -1)
            }
            response.tags()
        }
        response.tags()
    }
}
