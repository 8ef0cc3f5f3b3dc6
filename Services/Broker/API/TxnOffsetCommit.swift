extension Node {
    func txnOffsetCommit(_ request: Request, _ response: inout WireWriter) throws {
        let version = request.version
        let (id, group, producerID, epoch, member, topics) = try request.read { body in
            let (id, group) = (try body.string(), try body.string())
            let (producerID, epoch) = (try body.read(Int64.self), try body.read(Int16.self))
            var member = (generation: Int32(-1), id: "", instanceID: nil as String?)
            if version >= 3 { member = (try body.read(), try body.string(), try body.nullableString()) }
            return (id, group, producerID, epoch, member, try readOffsets(&body, leaderEpochs: version >= 2))
        }

        var refusal: ErrorCode?
        do throws(ErrorCode) {
            guard allows(request, .write, .transactionalID(id)) else { throw .transactionalIDAuthorizationFailed }
            guard allows(request, .read, .group(group)) else { throw .groupAuthorizationFailed }
            guard let transaction = transactions[id] else { throw .invalidProducerIDMapping }
            try transaction.allows(Self.offsetsPartition, producerID: producerID, epoch: epoch)
            // A consumer that was replaced must not commit, even in a transaction. This can be checked only if the client
            // sends its member id or generation.
            if member.generation >= 0 || !member.id.isEmpty {
                refusal =
                    coordinator.groups[group].map {
                        $0.validateCommit(
                            member: member.id,
                            instanceID: member.instanceID,
                            generation: member.generation,
                            isTransactional: true
                        )
                    } ?? .illegalGeneration
            }
        } catch {
            refusal = error
        }
        let producer = BatchBuilder.Producer(id: producerID, epoch: epoch)
        let errors = store(topics, group: group, request, refusal: group.isEmpty ? .invalidGroupID : refusal) {
            try hold($0, producer: producer)
        }
        response.write(Int32(0))  // throttle
        writeOffsetErrors(topics, errors, &response)
        response.tags()
    }
}
