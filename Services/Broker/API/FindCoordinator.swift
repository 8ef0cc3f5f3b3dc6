extension Node {
    /// There is one node: it coordinates every group and every transaction.
    func findCoordinator(_ request: Request, _ response: inout WireWriter) throws {
        let version = request.version
        let (type, keys) = try request.read { body in
            if version >= 4 { return (try body.read(Int8.self), try body.array { try $0.string() }) }
            let key = try body.string()
            return (version >= 1 ? try body.read(Int8.self) : 0, [key])
        }
        func error(_ key: String) -> ErrorCode {
            if type == 1 {
                return allows(request, .describe, .transactionalID(key)) ? .none : .transactionalIDAuthorizationFailed
            }
            return allows(request, .describe, .group(key)) ? .none : .groupAuthorizationFailed
        }
        if version >= 1 { response.write(Int32(0)) }  // throttle
        if version >= 4 {
            response.array(keys) { response, key in
                response.write(key)
                writeCoordinator(&response)
                response.write(error(key))
                response.write(nil as String?)
                response.tags()
            }
        } else {
            response.write(error(keys[0]))
            if version >= 1 { response.write(nil as String?) }
            writeCoordinator(&response)
        }
        response.tags()
    }

    private func writeCoordinator(_ response: inout WireWriter) {
        response.write(nodeID)
        response.write(advertised.host)
        response.write(Int32(advertised.port))
    }
}
