# Completion of owgen for fish: save it as ~/.config/fish/completions/owgen.fish
function __owgen_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    for line in ($words[1] complete fish $words[2..-1] "$current" 2>/dev/null)
        switch $line
            case :files
                __fish_complete_path "$current"
            case :dirs
                __fish_complete_directories "$current" ''
            case :nospace
            case '*'
                echo $line
        end
    end
end
complete -c owgen -f -a '(__owgen_complete)'
