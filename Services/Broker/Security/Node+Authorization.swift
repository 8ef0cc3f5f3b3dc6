import Logging

extension Node {
    /// Whether the client that sent the request may do the operation on the resource.
    ///
    /// Only the broker changes its own topics. If there are access rules, only a super user can read or describe the internal
    /// topics.
    func allows(_ request: Request, _ operation: Operation, _ resource: Resource) -> Bool {
        let user = request.session.user
        if case .topic(let name) = resource, isReserved(name) {
            guard operation == .read || operation == .describe else { return false }
            if Self.internalTopics.contains(name) { return security.access?.isSuper(user) ?? true }
        }
        return security.access?.allows(user, operation, resource) ?? true
    }

    func allowsIdempotence(_ request: Request) -> Bool {
        security.access?.writesSomewhere(request.session.user) ?? true
    }

    /// A topic may be created by a user who may create any topic, or one of that name.
    func allowsCreation(_ request: Request, of topic: String) -> Bool {
        !isReserved(topic) && (allows(request, .create, .cluster) || allows(request, .create, .topic(topic)))
    }

    // MARK: - The files

    /// Reads access rules and certificates again when they have changed, or in any case if `always` is true. A broken file
    /// changes nothing.
    func reloadSecurity(always: Bool = false) {
        guard always || security.hasChanged else { return }
        do {
            try security.reload()
            logger.info("access rules and certificates read again")
        } catch {
            logger.error(
                "access rules or certificates are broken; the former ones stay in force",
                metadata: ["error": "\(error)"]
            )
        }
    }

    /// Checks the files every second until the task is cancelled.
    func watchSecurity() async {
        while !Task.isCancelled && !isClosing {
            reloadSecurity()
            try? await Task.sleep(for: .seconds(1))
        }
    }
}
