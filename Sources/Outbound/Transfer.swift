// One request under way: an easy handle with its buffers, used on the outbound thread only.
import CCurl
import Glibc
import Wire

final class Transfer {
    let easy: UnsafeMutableRawPointer
    private let order: Outbound.Order
    private var fields: UnsafeMutablePointer<curl_slist>?
    private var recipients: UnsafeMutablePointer<curl_slist>?
    private let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
    fileprivate var received: [UInt8] = []
    fileprivate var upload: [UInt8] = []
    fileprivate var uploaded = 0
    /// The file that is sent, and how much of it is.
    private var source: Int32 = -1
    private var commands: UnsafeMutablePointer<curl_slist>?
    /// An address that is not public was asked for.
    private var refused = false
    fileprivate let limit: Int

    /// Nil when libcurl has no memory for it; the order is answered then.
    init?(_ order: Outbound.Order) {
        guard let easy = curl_easy_init() else {
            order.answer.resume(returning: .failure(OutboundFailure(reason: "out of memory", code: 27, status: 0)))
            errorText.deallocate()
            return nil
        }
        self.easy = easy
        self.order = order
        limit = order.request.limit
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        prepare(order.request)
    }

    deinit {
        curl_easy_cleanup(easy)
        curl_slist_free_all(fields)
        curl_slist_free_all(recipients)
        curl_slist_free_all(commands)
        if source >= 0 { close(source) }
        errorText.deallocate()
    }

    private var context: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

    private func prepare(_ request: OutboundRequest) {
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_CONNECTTIMEOUT_MS, request.connectTimeout.milliseconds)
        set(CURLOPT_TIMEOUT_MS, request.timeout.milliseconds)
        fitech_curl_set_pointer(easy, CURLOPT_ERRORBUFFER, errorText)
        set(CURLOPT_URL, request.url)
        // Secrets travel in queries and bodies: only where the configuration says, never by a redirect or another scheme.
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_NETRC, 0)
        fitech_curl_set_pointer(easy, CURLOPT_WRITEDATA, context)
        fitech_curl_set_transfer(easy, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            guard let context, let bytes else { return 0 }
            return Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue().take(bytes, size * count)
        }
        if request.onlyPublic {
            set(CURLOPT_PROXY, "")
            // A connection somebody else left open was not judged by this rule.
            set(CURLOPT_FRESH_CONNECT, 1)
            set(CURLOPT_FORBID_REUSE, 1)
            _ = fitech_curl_set_opener(easy, { context, _, address in
                guard let context, let address else { return CURL_SOCKET_BAD }
                return Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue().open(address)
            }, context)
        }
        switch request.kind {
        case .http(let method, let fields, let body):
            set(CURLOPT_PROTOCOLS_STR, "http,https")
            set(CURLOPT_USERAGENT, "Fitech")
            set(CURLOPT_CUSTOMREQUEST, method)
            if method == "HEAD" { set(CURLOPT_NOBODY, 1) }
            for (name, value) in fields { self.fields = curl_slist_append(self.fields, "\(name): \(value)") }
            if !body.isEmpty || method == "POST" || method == "PUT" {
                // Copied at once; the size must be set first, or it is taken for a C string.
                fitech_curl_set_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, Int(body.count))
                body.withUnsafeBytes { _ = fitech_curl_set_pointer(easy, CURLOPT_COPYPOSTFIELDS, $0.baseAddress ?? UnsafeRawPointer(errorText)) }
                self.fields = curl_slist_append(self.fields, "Expect:")
            }
            fitech_curl_set_list(easy, CURLOPT_HTTPHEADER, self.fields)
        case .upload(let file, let bytes, let identity, let hostKey):
            prepareUpload(request.url, file, bytes, identity, hostKey)
        case .mail(let from, let to, let message):
            set(CURLOPT_PROTOCOLS_STR, "smtp,smtps")
            // STARTTLS when the relay offers it, as mail relays do among themselves: encrypted, not authenticated.
            // With smtps:// the certificate is checked.
            if request.url.hasPrefix("smtp:") {
                set(CURLOPT_USE_SSL, Int(CURLUSESSL_TRY.rawValue))
                set(CURLOPT_SSL_VERIFYPEER, 0)
                set(CURLOPT_SSL_VERIFYHOST, 0)
            }
            set(CURLOPT_MAIL_FROM, "<\(from)>")
            recipients = curl_slist_append(nil, "<\(to)>")
            fitech_curl_set_list(easy, CURLOPT_MAIL_RCPT, recipients)
            upload = message
            set(CURLOPT_UPLOAD, 1)
            fitech_curl_set_offset(easy, CURLOPT_INFILESIZE_LARGE, Int(message.count))
            fitech_curl_set_pointer(easy, CURLOPT_READDATA, context)
            fitech_curl_set_transfer(easy, CURLOPT_READFUNCTION) { room, size, count, context in
                guard let context, let room else { return 0 }
                return Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue().give(room, size * count)
            }
        }
    }

    private func prepareUpload(_ url: String, _ file: String, _ bytes: Int, _ identity: String, _ hostKey: String) {
        set(CURLOPT_PROTOCOLS_STR, "sftp")
        set(CURLOPT_URL, url + ".part")
        set(CURLOPT_SSH_AUTH_TYPES, Int(CURLSSH_AUTH_PUBLICKEY))
        set(CURLOPT_SSH_PRIVATE_KEYFILE, identity)
        // Worked out of the secret one.
        set(CURLOPT_SSH_PUBLIC_KEYFILE, "")
        set(CURLOPT_SSH_HOST_PUBLIC_KEY_SHA256, hostKey)
        set(CURLOPT_FTP_CREATE_MISSING_DIRS, 1)
        // One that stands still, or nearly, is given up long before its time is over.
        set(CURLOPT_LOW_SPEED_LIMIT, 20_000)
        set(CURLOPT_LOW_SPEED_TIME, 60)
        var path = url.dropFirst("sftp://".count).drop { $0 != "/" }
        if path.hasPrefix("/~/") { path = path.dropFirst(3) }
        // The name may be there from an attempt whose end we did not hear of.
        commands = curl_slist_append(nil, "*rm \"\(path)\"")
        commands = curl_slist_append(commands, "rename \"\(path).part\" \"\(path)\"")
        fitech_curl_set_list(easy, CURLOPT_POSTQUOTE, commands)
        source = Glibc.open(file, O_RDONLY | O_CLOEXEC)
        set(CURLOPT_UPLOAD, 1)
        fitech_curl_set_offset(easy, CURLOPT_INFILESIZE_LARGE, bytes)
        fitech_curl_set_pointer(easy, CURLOPT_READDATA, context)
        fitech_curl_set_transfer(easy, CURLOPT_READFUNCTION) { room, size, count, context in
            guard let context, let room else { return 0 }
            return Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue().giveFile(room, size * count)
        }
    }

    /// Gives bytes of the file. It is not there or cannot be read: the transfer ends, as it would for a peer that went away.
    private func giveFile(_ room: UnsafeMutablePointer<CChar>, _ count: Int) -> Int {
        let got = Glibc.read(source, room, count)
        return got >= 0 ? got : Int(CURL_READFUNC_ABORT)
    }

    private func set(_ option: CURLoption, _ value: Int) { fitech_curl_set_long(easy, option, value) }
    private func set(_ option: CURLoption, _ value: String) { fitech_curl_set_string(easy, option, value) }

    /// A socket for an address of the public Internet; none for any other.
    private func open(_ address: UnsafeMutablePointer<curl_sockaddr>) -> curl_socket_t {
        var bytes = [UInt8](repeating: 0, count: 16)
        let size = Int(fitech_curl_address(address, &bytes))
        guard let target = IPAddress(bytes: bytes[..<size]), target.isPublic else {
            refused = true
            return CURL_SOCKET_BAD
        }
        return socket(address.pointee.family, address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue), address.pointee.`protocol`)
    }

    /// Takes bytes of the answer; fewer than given tells libcurl to stop.
    private func take(_ bytes: UnsafeMutablePointer<CChar>, _ count: Int) -> Int {
        guard received.count + count <= limit else { return 0 }
        received.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: count))
        return count
    }

    /// Gives bytes of the mail.
    private func give(_ room: UnsafeMutablePointer<CChar>, _ count: Int) -> Int {
        let size = min(count, upload.count - uploaded)
        upload.withUnsafeBytes { bytes in
            guard size > 0, let start = bytes.baseAddress else { return }
            memcpy(room, start + uploaded, size)
        }
        uploaded += size
        return size
    }

    /// Answers whoever waits.
    func finish(_ result: CURLcode) {
        let status = fitech_curl_get_long(easy, CURLINFO_RESPONSE_CODE)
        guard result == CURLE_OK else {
            let words = String(cString: errorText)
            let general = String(cString: curl_easy_strerror(result))
            let reason = refused ? "its host leads to an address that is not of the public Internet" : received.count >= limit && result == CURLE_WRITE_ERROR ? "the answer is longer than \(limit) bytes" : words.isEmpty ? general : words
            var failure = OutboundFailure(reason: reason, code: Int(result.rawValue), status: isMail ? status : 0)
            failure.isRefusal = isUpload && (result == CURLE_PEER_FAILED_VERIFICATION || result == CURLE_LOGIN_DENIED)
            order.answer.resume(returning: .failure(failure))
            return
        }
        order.answer.resume(returning: .success(OutboundResponse(status: status, body: received)))
    }

    private var isMail: Bool {
        if case .mail = order.request.kind { true } else { false }
    }

    private var isUpload: Bool {
        if case .upload = order.request.kind { true } else { false }
    }
}

extension Duration {
    fileprivate var milliseconds: Int {
        let (seconds, attoseconds) = components
        return Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000)
    }
}
