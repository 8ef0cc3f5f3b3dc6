extension Node {
    func saslHandshake(_ request: Request, _ response: inout WireWriter) throws {
        let mechanism = try request.read { try $0.string() }
        var refusal: LoginRefused?
        do throws(LoginRefused) {
            try beginLogin(mechanism, request.session)
            request.session.isRaw = request.version == 0
        } catch {
            refusal = error
        }
        response.write(refusal?.error ?? ErrorCode.none)
        response.array(mechanisms(for: request.session)) { $0.write($1) }
    }
}
