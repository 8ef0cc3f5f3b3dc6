extension Node {
    func saslAuthenticate(_ request: Request, _ response: inout WireWriter) async throws {
        let token = try request.read { try $0.bytes() }
        var refusal: LoginRefused?
        var answer: [UInt8] = []
        do throws(LoginRefused) {
            answer = try await authenticate(token, request.session)
        } catch {
            refusal = error
        }
        response.write(refusal?.error ?? ErrorCode.none)
        response.write(refusal?.message)
        response.bytes(answer)
        if request.version >= 1 { response.write(Int64(0)) }  // the session lasts as long as the connection
        response.tags()
    }
}
