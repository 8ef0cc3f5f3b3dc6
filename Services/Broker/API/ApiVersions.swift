extension Node {
    func apiVersions(_ request: Request, _ response: inout WireWriter) {
        writeAPIVersions(.none, request.version, &response)
    }

    /// Also answers a version of ApiVersions that we do not know: in the form of version 0, so that the client can read which
    /// versions we know.
    func writeAPIVersions(_ error: ErrorCode, _ version: Int16, _ response: inout WireWriter) {
        response.write(error)
        response.array(API.all) { response, api in
            response.write(api.key)
            // Produce below version 3 is refused, but clients choose their compression by the lower end of the range.
            response.write(api.key == 0 ? 0 : api.versions.lowerBound)
            response.write(api.versions.upperBound)
            response.tags()
        }
        if version >= 1 { response.write(Int32(0)) }  // throttle
        response.tags()
    }
}
