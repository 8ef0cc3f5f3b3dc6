extension Node {
    func initProducerID(_ request: Request, _ response: inout WireWriter) throws {
        let version = request.version
        let (id, timeout, claimed) = try request.read { body in
            let id = try body.nullableString()
            let timeout = try body.read(Int32.self)
            guard version >= 3 else { return (id, timeout, nil as (producerID: Int64, epoch: Int16)?) }
            let claimed = (producerID: try body.read(Int64.self), epoch: try body.read(Int16.self))
            return (id, timeout, claimed.producerID < 0 ? nil : claimed)
        }
        var producer: (producerID: Int64, epoch: Int16) = (-1, -1)
        // Clients before version 4 do not know the error "producer fenced": they get "invalid producer epoch".
        let error = attempt(
            "producer not initialized",
            fencedAs: version >= 4 ? .producerFenced : .invalidProducerEpoch
        ) {
            if let id {
                guard allows(request, .write, .transactionalID(id)) else {
                    throw ErrorCode.transactionalIDAuthorizationFailed
                }
                guard !id.isEmpty else { throw ErrorCode.invalidRequest }
                producer = try initializeProducer(id, claimed: claimed, timeout: timeout)
            } else {
                guard allowsIdempotence(request) else { throw ErrorCode.clusterAuthorizationFailed }
                producer = (try producerIDs.allocate(), 0)
            }
        }
        response.write(Int32(0))  // throttle
        response.write(error)
        response.write(producer.producerID)
        response.write(producer.epoch)
        response.tags()
    }
}
