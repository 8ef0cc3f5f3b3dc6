extension Node {
    func addOffsetsToTxn(_ request: Request, _ response: inout WireWriter) throws {
        let (id, producerID, epoch, group) = try request.read { body in
            (try body.string(), try body.read(Int64.self), try body.read(Int16.self), try body.string())
        }
        // The offsets of all groups are in the only partition of the internal topic.
        let error = attempt(
            "offsets not added",
            fencedAs: request.version >= 2 ? .producerFenced : .invalidProducerEpoch
        ) {
            guard allows(request, .write, .transactionalID(id)) else {
                throw ErrorCode.transactionalIDAuthorizationFailed
            }
            guard allows(request, .read, .group(group)) else { throw ErrorCode.groupAuthorizationFailed }
            _ = try internalLog(Self.offsetsTopic)
            try addToTransaction([Self.offsetsPartition], id: id, producerID: producerID, epoch: epoch)
        }
        response.write(Int32(0))  // throttle
        response.write(error)
        response.tags()
    }
}
