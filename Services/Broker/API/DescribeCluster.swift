extension Node {
    /// Everyone who has logged in may know the node's address.
    func describeCluster(_ request: Request, _ response: inout WireWriter) throws {
        response.write(Int32(0))  // throttle
        response.write(ErrorCode.none)
        response.write(nil as String?)
        if request.version >= 1 { response.write(Int8(1)) }  // the end points are brokers
        response.write(clusterID)
        response.write(nodeID)  // controller
        response.array([advertised]) { response, node in
            response.write(nodeID)
            response.write(node.host)
            response.write(Int32(node.port))
            response.write(nil as String?)  // rack
            response.tags()
        }
        response.write(Int32.min)  // operations: not asked for
        response.tags()
    }
}
