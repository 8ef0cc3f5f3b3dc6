extension Node {
    func endTxn(_ request: Request, _ response: inout WireWriter) throws {
        let (id, producerID, epoch, isCommit) = try request.read { body in
            (try body.string(), try body.read(Int64.self), try body.read(Int16.self), try body.bool())
        }
        let error = attempt(
            "transaction not ended",
            fencedAs: request.version >= 2 ? .producerFenced : .invalidProducerEpoch
        ) {
            guard allows(request, .write, .transactionalID(id)) else {
                throw ErrorCode.transactionalIDAuthorizationFailed
            }
            try endTransaction(id, commit: isCommit, producerID: producerID, epoch: epoch)
        }
        response.write(Int32(0))  // throttle
        response.write(error)
        response.tags()
    }
}
