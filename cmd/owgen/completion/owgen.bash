# Completion of owgen for bash: source <(owgen completion bash), or save it as
# ~/.local/share/bash-completion/completions/owgen
_owgen() {
  local line current=${COMP_WORDS[COMP_CWORD]}
  case $current in = | :) current= ;; esac
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :files | :dirs)
        compopt -o filenames 2>/dev/null
        local how=-f
        [ "$line" = :dirs ] && how=-d
        while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen "$how" -- "$current")
        ;;
      :nospace) compopt -o nospace 2>/dev/null ;;
      *) COMPREPLY+=("${line%%$'\t'*}") ;;
    esac
  done < <("$1" complete bash "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _owgen owgen
