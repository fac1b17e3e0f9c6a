# The shell of a lab node.
case $- in *i*) ;; *) return ;; esac

HISTSIZE=5000
HISTFILESIZE=10000
HISTCONTROL=ignorespace
shopt -s histappend checkwinsize

# Colours. The prompt carries the node's colour, the same one the page gives to its code blocks.
case $HOSTNAME in
  node-1) NETLOOM_COLOUR='38;2;79;209;197' ;;
  node-2) NETLOOM_COLOUR='38;2;183;148;244' ;;
  *) NETLOOM_COLOUR='38;5;250' ;;
esac
alias ls='ls --color=auto'
alias ll='ls -alF'
alias grep='grep --color=auto'
alias diff='diff --color=auto'
alias ip='ip -color=auto'
alias bridge='bridge -color=auto'
export LESS=-R
export LESS_TERMCAP_md=$'\e[1;36m' LESS_TERMCAP_me=$'\e[0m'
export LESS_TERMCAP_us=$'\e[4;33m' LESS_TERMCAP_ue=$'\e[0m'
export GROFF_NO_SGR=1
export EDITOR=vim

# OSC 133 tells the page where a prompt begins (A) and ends (B), where output begins (C) and how a command ended
# (D;status). PS0 prints C; its arithmetic notes, without a subshell, that a command ran (Enter on an empty line ends
# nothing) and whether it came into the history. If so, C is printed again with its text, percent-encoded as kitty does
# it: by the DEBUG trap before the first simple command runs or, where bash has none to trap, as for ( … ), at the prompt.
# Nothing here forks, so that it also works when the node has no process left.
__netloom_ran=0 __netloom_untold=0 __netloom_seen=0 __netloom_last=
__netloom_file=/dev/shm/.command-$$

# Percent-encodes what is no printable ASCII, and what separates the fields of a mark, into __netloom_encoded.
__netloom_encode() {
  local LC_ALL=C text=${1//%/%25} rest byte number
  text=${text//;/%3B} rest=${text//[ -~]}
  while [[ $rest ]]; do
    byte=${rest:0:1} rest=${rest//"${rest:0:1}"}
    printf -v number %d "'$byte"
    printf -v number %%%02X $(( number & 255 ))
    text=${text//"$byte"/$number}
  done
  __netloom_encoded=$text
}

# The argument is $_, which a trap must leave as it was.
__netloom_tell() {
  (( __netloom_untold > 0 )) || return 0
  __netloom_untold=0
  local text
  { HISTTIMEFORMAT= history 1 >| "$__netloom_file"; } 2> /dev/null || return 0
  IFS= read -r -N 520 text < "$__netloom_file"
  text=${text#*[0-9][ *] } text=${text%$'\n'}
  if [[ $text == "$__netloom_last" ]] && (( ${#text} < 500 )); then
    # What HISTCONTROL=ignoredups does, but so that PS0 can tell a repeated command from one that began with a space.
    history -d -1
    (( --__netloom_seen ))
  fi
  __netloom_last=$text
  __netloom_encode "${text:0:500}"
  # A mark has 2 KiB at most; Chinese takes nine bytes a character.
  if (( ${#__netloom_encoded} > 1900 )); then __netloom_encode "${text:0:150}…"; fi
  printf '\e]133;C;cmdline_url=%s\a' "$__netloom_encoded"
}

__netloom_prompt() {
  local status=$?
  if (( __netloom_ran )); then
    __netloom_tell
    printf '\e]133;D;%d\a' "$status"
    __netloom_ran=0
    # For the tabs that are opened after this one.
    history -a
  fi
  __netloom_seen=$HISTCMD
  return "$status"
}
trap '((__netloom_untold<1))||__netloom_tell "$_"' DEBUG
PROMPT_COMMAND=__netloom_prompt
PS0='\e]133;C\a${HISTCMD:$((__netloom_ran=1,__netloom_untold=HISTCMD-__netloom_seen,__netloom_seen=HISTCMD,0)):0}'
PS1='\[\e]133;A\a\e['$NETLOOM_COLOUR'm\]\u@\h\[\e[0m\]:\w\$ \[\e]133;B\a\]'
unset NETLOOM_COLOUR

# bash-completion is read at the first Tab: reading it takes longer than all the rest of a shell's start.
__netloom_complete() {
  complete -r -D
  [[ -r /usr/share/bash-completion/bash_completion ]] || return 1
  . /usr/share/bash-completion/bash_completion
  # It takes names from `ip link`, where a veth is `ens33@if3`: no command accepts that.
  _available_interfaces() {
    COMPREPLY=($(compgen -W "$(sed -n 's/^ *\([^:]*\):.*/\1/p' /proc/net/dev)" -- "${cur-}"))
  }
  # Reads the command's own, and asks for another try.
  _completion_loader "$@"
}
complete -D -F __netloom_complete
