"""A program that logs people in through libpam, as sshd is one: it is root, and one process per login is not needed."""
import ctypes
import ctypes.util

PAM_SUCCESS, PAM_BUF_ERR, PAM_CONV_ERR = 0, 5, 19
PAM_PROMPT_ECHO_OFF, PAM_PROMPT_ECHO_ON = 1, 2
PAM_RHOST = 4

_pam = ctypes.CDLL(ctypes.util.find_library("pam"))
_libc = ctypes.CDLL(None)
_libc.calloc.restype = ctypes.c_void_p
_libc.strdup.restype = ctypes.c_void_p


class _Message(ctypes.Structure):
    _fields_ = [("style", ctypes.c_int), ("text", ctypes.c_char_p)]


class _Response(ctypes.Structure):
    _fields_ = [("text", ctypes.c_void_p), ("code", ctypes.c_int)]


_CONVERSE = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int, ctypes.POINTER(ctypes.POINTER(_Message)),
                             ctypes.POINTER(ctypes.c_void_p), ctypes.c_void_p)


class _Conversation(ctypes.Structure):
    _fields_ = [("converse", _CONVERSE), ("data", ctypes.c_void_p)]


def log_in(service, user, answer, rhost="198.51.100.7", shown=None, session=False):
    """pam_authenticate's code. `answer` gives what is typed at a question, from its text; what is only shown is added to
    the list `shown`. session: opens one for whoever got in, and closes it."""

    def converse(count, messages, responses, _):
        # libpam frees both.
        room = _libc.calloc(count, ctypes.sizeof(_Response))
        replies = ctypes.cast(room, ctypes.POINTER(_Response))
        for i in range(count):
            message = messages[i].contents
            if message.style in (PAM_PROMPT_ECHO_OFF, PAM_PROMPT_ECHO_ON):
                replies[i].text = _libc.strdup(answer(message.text.decode()).encode())
            elif shown is not None:
                shown.append(message.text.decode())
        responses[0] = room
        return PAM_SUCCESS

    conversation = _Conversation(_CONVERSE(converse), None)
    handle = ctypes.c_void_p()
    begun = _pam.pam_start(service.encode(), user.encode(), ctypes.byref(conversation), ctypes.byref(handle))
    assert begun == PAM_SUCCESS, begun
    _pam.pam_set_item(handle, PAM_RHOST, rhost.encode())
    code = _pam.pam_authenticate(handle, 0)
    if session and code == PAM_SUCCESS:
        _pam.pam_open_session(handle, 0)
        _pam.pam_close_session(handle, 0)
    _pam.pam_end(handle, code)
    return code
