extension Node {
    /// There is one node: it coordinates every group and every transaction.
    func findCoordinator(_ request: Request, _ response: inout WireWriter) throws {
        let version = request.version
        let keys = try request.read { body in
            if version >= 4 {
                _ = try body.read(Int8.self)
                return try body.array { try $0.string() }
            }
            return [try body.string()]
        }
        if version >= 1 { response.write(Int32(0)) }  // throttle
        if version >= 4 {
            response.array(keys) { response, key in
                response.write(key)
                writeCoordinator(&response)
                response.write(ErrorCode.none)
                response.write(nil as String?)
                response.tags()
            }
        } else {
            response.write(ErrorCode.none)
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
