import Commands
import Localization
import Messaging
import ServiceKit

/// The second step of a login on the page: a code, or a security key.
extension AuthorizationRoutes {
    /// What the page asks of somebody whose password was right: each time anew, since a key answers a question once.
    func secondStep(_ challenge: String, by act: Act) async throws -> LoginPage.Step {
        let (factor, question) = try await logins.secondStep(challenge, by: act)
        return .secondFactor(challenge: challenge, hasApp: factor.hasApp, key: question.map(KeyRequestOptions.init))
    }

    func finish(_ challenge: String, _ form: LoginForm, in language: Language, by act: Act) async throws
        -> BrowserAnswer
    {
        let request = form.authorization
        do {
            let answer = try Logins.FactorAnswer(code: form.code, credential: try form.read(CredentialAnswer.self))
            let user = try await logins.challenges.holder(of: challenge, .login, at: act.time)
            try await passwords.locks.admit(user.email, .code, from: act.address, at: act.time)
            let given = try await logins.finish(challenge, answer, by: act) { user, proof, act, tx in
                try await codes.issue(to: user, for: request, proof, address: user.email, by: act, tx)
            }
            guard let given else { throw form.credential == nil ? Refusal.code : .key }
            return .seeOther(request.callback(code: given))
        } catch let refusal as Refusal {
            // Whoever has no valid challenge any more begins again.
            let step = (try? await secondStep(challenge, by: act)) ?? .password(email: "")
            return LoginPage(request: request, language: language, step: step, refusal: refusal.problem).answer
        }
    }

    /// Shows the secret of a new factor, which a role of the person requires, and asks for a key in its place.
    func enrol(_ challenge: String, _ request: Authorization, in language: Language, by act: Act) async throws
        -> BrowserAnswer
    {
        let (user, secret) = try await logins.enrol(challenge, by: act)
        let step = LoginPage.Step.enrolment(
            challenge: challenge,
            secret: EnrolmentResponse(secret, of: user, at: act.time),
            key: try await keyOptions(challenge, by: act)
        )
        return LoginPage(request: request, language: language, step: step).answer
    }

    /// `nil` where browsers have no keys.
    private func keyOptions(_ challenge: String, by act: Act) async throws -> KeyCreationOptions? {
        do {
            let (user, question) = try await logins.askForKey(challenge, by: act)
            return KeyCreationOptions(question, for: user)
        } catch Refusal.noKeysHere {
            return nil
        }
    }

    func confirm(_ challenge: String, _ form: LoginForm, in language: Language, by act: Act) async throws
        -> BrowserAnswer
    {
        let request = form.authorization
        do {
            let factor: Logins.NewFactor =
                if let credential = try form.read(NewCredential.self) {
                    .key(try credential.key(named: form.name ?? Texts(in: language)(.enrolmentKeyDefault)))
                } else {
                    .app(TypedCode(form.code ?? ""))
                }
            let (given, recoveryCodes) = try await logins.confirm(challenge, factor, by: act) { user, proof, act, tx in
                try await codes.issue(
                    to: user,
                    for: request,
                    proof,
                    address: user.email,
                    lifetime: AuthorizationCodes.longLifetime,
                    by: act,
                    tx
                )
            }
            let step = LoginPage.Step.recoveryCodes(recoveryCodes, next: request.callback(code: given))
            return LoginPage(request: request, language: language, step: step).answer
        } catch let refusal as Refusal {
            return try await again(challenge, request, refusal, in: language, by: act)
        }
    }

    /// After a wrong first answer the person tries again, as long as their challenge is valid. The app has its key by now.
    private func again(
        _ challenge: String,
        _ request: Authorization,
        _ refusal: Refusal,
        in language: Language,
        by act: Act
    ) async throws -> BrowserAnswer {
        do {
            guard refusal != .challenge, refusal != .noEnrolment else { throw refusal }
            let step = LoginPage.Step.enrolment(
                challenge: challenge,
                secret: nil,
                key: try await keyOptions(challenge, by: act)
            )
            return LoginPage(request: request, language: language, step: step, refusal: refusal.problem).answer
        } catch is Refusal {
            return LoginPage(request: request, language: language, refusal: refusal.problem).answer
        }
    }
}

extension LoginForm {
    /// What a security key has answered, if the form has that.
    ///
    /// - Throws: ``Refusal/keyRefused(_:)`` if it is not in the form that a browser gives it.
    fileprivate func read<Value: Input>(_: Value.Type) throws -> Value? {
        guard let credential, !credential.isEmpty else { return nil }
        do {
            return try InputReader<Value>().read(credential.utf8)
        } catch is InvalidInput {
            throw Refusal.keyRefused("is not what a browser says of a security key")
        } catch is JSONError {
            throw Refusal.keyRefused("is not JSON")
        }
    }
}
